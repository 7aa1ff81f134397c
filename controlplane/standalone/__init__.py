"""The one-machine runtime: embedded services, the supervisor that runs them, and the doctor."""
