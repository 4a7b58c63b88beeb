"""health: how well a stream and its venue do. Pure: every instant is an argument, nothing is fetched here.

silence (on gaps), lag: of one stream. clock, score, budget: of one venue. cross_check, check_rota: of its
books against REST. suspend: of this machine. Before it: what arrives. After it: what Stream says of a leg.
"""
