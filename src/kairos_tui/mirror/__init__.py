"""mirror: the board in browsers. Socket.IO and its page, events for curl, metrics."""
