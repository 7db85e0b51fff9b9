"""What needs Arrow: facts and scores as its tables, and files that it writes. Who only asks something of a store loads none of it."""
