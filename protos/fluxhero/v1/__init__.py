"""Messages (`*_pb2`) and services (`*_pb2_grpc`) of the API, generated from the .proto files beside them."""
