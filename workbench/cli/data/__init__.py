"""What a store holds, in and out: simulate, demo, intake and its words, close, reopen, backup, restore, upgrade."""
