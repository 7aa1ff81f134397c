"""The API's own side: tokens, refusals, keys of writes."""
