"""Replaying: one step run or a selection, frozen at the click, carried out by the same path as everything."""
