"""How much there is to charge with: solar surplus and the main fuse."""
