"""Judgements about what there is: pure, without a database."""
