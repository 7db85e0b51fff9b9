"""The frame of a page: heading, navigation, address, place, who is signed in, messages and errors."""
