"""The client of image services: its data, its parts, and the whole of it against real sockets."""
