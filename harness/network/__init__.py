"""HAN and WAN links between devices, the port that cases test through, and simulated time."""
