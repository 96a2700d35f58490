"""How much current there is to charge with: solar surplus and the main fuse."""
