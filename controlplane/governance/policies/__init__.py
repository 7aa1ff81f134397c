"""Policies as code: what they say, judging the estate by them, exceptions, waivers and scores."""
