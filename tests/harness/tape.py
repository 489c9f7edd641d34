"""Two and a half generated sessions in which much happens.

QQQ is sold short at 13:46 of the first day (UTC) and SPY at 19:31, QQQ is stopped out at 19:48; on the third day
AAPL is bought at 14:46, and SPY is stopped out at 16:38.
"""

SYMBOLS = ("SPY", "QQQ", "AAPL")
TIMEFRAME = "15Min"
FIRST_DAY, LAST_DAY = "2023-06-27", "2023-06-29"
PLAYED = ("--synthetic", "1", "--symbols", ",".join(SYMBOLS), "--start", FIRST_DAY)
FIRST_ENTRY_MINUTE = 16
QQQ_IS_SHORT = "2023-06-27T13:52"
BOTH_ARE_SHORT = "2023-06-27T19:35"
NIGHT = "2023-06-27T20:01"
END = "2023-06-29T17:00"
