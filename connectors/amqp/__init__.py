"""AMQP 0-9-1, as RabbitMQ speaks it: the session, messages out, messages in."""
