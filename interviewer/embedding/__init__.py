"""The sentence encoder: texts to unit vectors, by the weights that travel with the program or by a server of the user's own."""

from interviewer.embedding.compatible import compatible_encoder
from interviewer.embedding.embedded import embedded_encoder
from interviewer.embedding.encoder import Encoder, Reader, Reading, Vectors
from interviewer.embedding.lately import Lately

__all__ = ["Encoder", "Lately", "Reader", "Reading", "Vectors", "compatible_encoder", "embedded_encoder"]
