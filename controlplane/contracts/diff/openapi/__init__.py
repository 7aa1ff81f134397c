"""What differs between two OpenAPI descriptions, part by part as the specification has them.

Sources: https://spec.openapis.org/oas/v3.0.4.html and https://spec.openapis.org/oas/v3.1.1.html.
"""
