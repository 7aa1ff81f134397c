"""What concerns the person who looks: a number in the frame of every page, and the page “For you”."""
