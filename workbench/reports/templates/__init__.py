"""The .docx template of the filing document that a county office edits: its placeholders, its checks, the paper made of it."""
