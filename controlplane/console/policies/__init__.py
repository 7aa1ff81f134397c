"""Pages of policies, waivers and scorecards."""
