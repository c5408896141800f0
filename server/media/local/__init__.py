"""The engine of one machine: aiortc for ICE and DTLS; packets are passed through."""
