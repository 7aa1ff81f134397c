"""Apache Kafka: events to topics, each to the leader of its partition."""
