"""dialects: one verified decoder per venue. Raw frames in, proven books out; no sockets, no ccxt, no clock.

dialect (the seam and its words) <- ladder (one side of a book) <- one module per venue.
Written from the venues' documentation, without a look at `sim`: one testing the other proves something.
"""
