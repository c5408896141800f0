"""The engine of one machine: aiortc for ICE, DTLS and SDP; packets are passed through."""
