"""The API's document: true, readable, and kept."""
