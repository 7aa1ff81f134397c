"""Redis and Valkey streams: events appended once, under an id that is remembered beside the stream."""
