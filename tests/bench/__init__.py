"""`make bench`: what Interact costs and how fast it is, measured on a running stack of its own.

Counts (table transactions, queue messages, outbound calls) have limits, those of the architecture's promises, and fail
the run; times have none, because they say as much about the machine as about the product.
"""
