"""A standard on its way: its versions, who may take which step, and the sheet that the county decides upon."""
