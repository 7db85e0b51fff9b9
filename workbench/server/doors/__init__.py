"""What may reach the server: names, encryption, a proxy, the register that belongs to the store; files handed in."""
