"""What Easel decides: pure values and functions; standard library only, nothing awaited."""
