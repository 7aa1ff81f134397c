"""What the API is: its OpenAPI document, and the page that reads it to people."""
