"""Technical indicators: each is one O(1) update on a small state, and a batch function that loops over it.

The reference is TA-Lib, from the first valid bar on; values before that are NaN. On flat prices RSI is 50,
R2 is 0 and the efficiency ratio is 0, whatever a library returns there: no information is not a signal.

An update takes the scalars of its state and returns the new ones, so that a loop keeps them in registers; rings
are arrays that it changes in place. `index` counts the bars before this one.
"""
