"""explain: the card that says what a number is: its formula with this row's figures, its age and source.

explained          one number taken apart; how fees and prices are written in a formula
route, venue       a cell of the matrix; the columns of a venue's row
edge, card         a verdict's steps from gross to net; a signal's figures
aftermath          chance of capture, paper, recording
grades, place      hit rates, what lasted, how true chances were; where in a replay
books, overview    the depth, the timeline and the markets; the header's figures
subjects           which numbers there are where the viewer looks, and which of them is meant
panel              the card that is drawn

Before it: view_state, verdict, ladder, other panels' words. After it: scene; explaining has its keys.
"""
