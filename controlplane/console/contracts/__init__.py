"""The pages of contracts: which there are, what each says and who uses it, and what differs between two versions."""
