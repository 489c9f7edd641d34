"""One implementation serves every Watch RPC, because their messages have one layout."""

from collections.abc import Iterator

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor, FileDescriptor, MethodDescriptor
from google.protobuf.timestamp_pb2 import Timestamp

from fluxhero.v1.account_pb2 import Account, WatchAccountResponse
from fluxhero.v1.common_pb2 import STREAM_KIND_HEARTBEAT, STREAM_KIND_UPDATE, Topic
from fluxhero.v1.market_pb2 import Price, WatchPricesResponse
from fluxhero.v1.order_pb2 import Order, WatchOrdersRequest, WatchOrdersResponse
from fluxhero.v1.stream_pb2 import WatchRequest, WatchResponse

HEADER = ("epoch", "seq", "prev_seq", "kind", "conflated", "snapshot_reason", "as_of", "snapshot_topics", "part")
JOURNAL = "WatchEvents"  # not a topic: it has the header and its own entries


def shape(field: FieldDescriptor) -> tuple[int, str, int, bool, str]:
    kind = field.message_type or field.enum_type
    return field.number, field.name, field.type, field.is_repeated, kind.full_name if kind else ""


def shapes(message: Descriptor) -> set[tuple[int, str, int, bool, str]]:
    return {shape(field) for field in message.fields}


def watches(files: list[FileDescriptor]) -> Iterator[MethodDescriptor]:
    for file in files:
        for service in file.services_by_name.values():
            yield from (method for method in service.methods if method.name.startswith("Watch"))


def entries(message: Descriptor) -> list[FieldDescriptor]:
    return [field for field in message.fields if field.name not in HEADER]


def test_every_stream_has_the_header_of_watch(files: list[FileDescriptor]) -> None:
    header = {shape(WatchResponse.DESCRIPTOR.fields_by_name[name]) for name in HEADER}
    assert all(header <= shapes(method.output_type) for method in watches(files))
    assert all(method.server_streaming and not method.client_streaming for method in watches(files))


def test_every_stream_of_one_topic_is_a_part_of_watch(files: list[FileDescriptor]) -> None:
    single = [method for method in watches(files) if method.name not in (JOURNAL, "Watch")]
    whole = shapes(WatchResponse.DESCRIPTOR)
    assert all(shapes(method.output_type) <= whole and len(entries(method.output_type)) == 1 for method in single)
    topics = sorted(entries(method.output_type)[0].name for method in single)
    assert topics == sorted(field.name for field in entries(WatchResponse.DESCRIPTOR))
    assert len(topics) == len(Topic.values()) - 1


def test_every_request_for_one_topic_is_a_part_of_the_request_of_watch(files: list[FileDescriptor]) -> None:
    requests = [method.input_type for method in watches(files) if method.name != JOURNAL]
    assert all(shapes(request) <= shapes(WatchRequest.DESCRIPTOR) for request in requests)


def test_the_journals_entries_have_a_number_that_watch_does_not_use(files: list[FileDescriptor]) -> None:
    journal = next(method.output_type for method in watches(files) if method.name == JOURNAL)
    (events,) = entries(journal)
    assert events.number not in WatchResponse.DESCRIPTOR.fields_by_number


def test_everything_but_the_header_is_repeated_so_pieces_can_be_joined() -> None:
    assert all(field.is_repeated for field in entries(WatchResponse.DESCRIPTOR))
    assert all(field.message_type is not None for field in entries(WatchResponse.DESCRIPTOR))


def test_a_joined_frame_is_the_message_with_all_its_entries() -> None:
    header = WatchResponse(
        epoch="e1", seq=9, prev_seq=4, kind=STREAM_KIND_UPDATE, conflated=2, as_of=Timestamp(seconds=5)
    )
    prices = [Price(symbol="SPY", price=451.25, bid=451.24), Price(symbol="IBM", price=102.5)]
    pieces = [WatchPricesResponse(prices=[price]).SerializeToString() for price in prices]
    frame = b"".join([header.SerializeToString(), *pieces])

    expected = WatchPricesResponse(prices=prices)
    expected.MergeFromString(header.SerializeToString())
    assert WatchPricesResponse.FromString(frame) == expected
    assert list(WatchResponse.FromString(frame).prices) == prices
    assert WatchResponse.FromString(frame).seq == 9


def test_states_that_are_joined_stay_apart_and_do_not_merge() -> None:
    states = [Account(equity="100000.00", cash="43590.00"), Account(equity="99021.25")]
    frame = b"".join(WatchAccountResponse(accounts=[state]).SerializeToString() for state in states)
    assert list(WatchResponse.FromString(frame).accounts) == states


def test_a_frame_of_one_topic_reads_the_same_in_both_responses() -> None:
    order = Order(id="e1-SPY-1", quantity=44, filled_value="0.00", stop_loss_price="443.25")
    frame = WatchOrdersResponse(epoch="e1", seq=3, kind=STREAM_KIND_UPDATE, orders=[order]).SerializeToString()
    assert WatchResponse.FromString(frame).SerializeToString() == frame


def test_a_heartbeat_is_a_header_alone() -> None:
    frame = WatchResponse(epoch="e1", seq=7, prev_seq=7, kind=STREAM_KIND_HEARTBEAT).SerializeToString()
    assert WatchOrdersResponse.FromString(frame).kind == STREAM_KIND_HEARTBEAT
    assert not WatchOrdersResponse.FromString(frame).orders


@pytest.mark.parametrize("from_seq", [None, 0, 12])
def test_a_request_for_one_topic_reads_the_same_as_a_request_of_watch(from_seq: int | None) -> None:
    request = WatchOrdersRequest(symbols=["SPY"], epoch="e1", from_seq=from_seq)
    read = WatchRequest.FromString(request.SerializeToString())
    assert (list(read.symbols), read.epoch) == (["SPY"], "e1")
    assert (read.from_seq if read.HasField("from_seq") else None) == from_seq
