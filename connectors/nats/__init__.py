"""NATS JetStream: events to subjects that a stream keeps."""
