"""What Easel decides, tested as values: nothing here waits, opens or writes anything."""
