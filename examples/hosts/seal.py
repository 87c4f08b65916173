"""The seal of WeCom's callbacks: who sent one, and what it says.

The scheme is https://developer.work.weixin.qq.com/document/path/90968: a signature over
the sealed text, AES-256 in CBC mode, a padding to blocks of 32 bytes, and the id of the
receiver at the end. The cipher is that of the library `cryptography`.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from hashlib import sha1
from hmac import compare_digest

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

_NOISE, _LENGTH, _BLOCK_BITS = 16, 4, 256


class ForgedError(Exception):
    """What came was not sealed by the platform, or not for us."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the {what} is wrong")


class Seal:
    """Opens what the platform sealed; a token and a key are agreed on beforehand.

    Args:
        aes_key: the EncodingAESKey, 43 characters.
        receiver: the id of the corp, or of the suite.
    """

    def __init__(self, token: str, aes_key: str, receiver: str) -> None:
        self._token, self._receiver = token, receiver.encode()
        key = b64decode(aes_key + "=")
        self._cipher = Cipher(AES(key), CBC(key[:_NOISE]))

    def signature(self, sealed: str, *, timestamp: str, nonce: str) -> str:
        """What proves that the sender knows the token."""
        parts = sorted([self._token, timestamp, nonce, sealed])
        return sha1("".join(parts).encode()).hexdigest()  # noqa: S324 - their scheme

    def opened(self, sealed: str, *, signature: str, timestamp: str, nonce: str) -> str:
        """The text inside.

        Raises:
            ForgedError: the signature, the padding or the receiver is wrong.
        """
        expected = self.signature(sealed, timestamp=timestamp, nonce=nonce)
        if not compare_digest(expected.encode(), signature.encode()):
            raise ForgedError("signature")
        try:
            decryptor, unpadder = (
                self._cipher.decryptor(),
                PKCS7(_BLOCK_BITS).unpadder(),
            )
            padded = decryptor.update(b64decode(sealed)) + decryptor.finalize()
            plain = (unpadder.update(padded) + unpadder.finalize())[_NOISE:]
            end = _LENGTH + int.from_bytes(plain[:_LENGTH], "big")
            text, receiver = plain[_LENGTH:end].decode(), plain[end:]
        except ValueError as error:
            raise ForgedError("padding") from error
        if receiver != self._receiver:
            raise ForgedError("receiver")
        return text

    def sealed(self, text: str, *, noise: bytes) -> str:
        """The text sealed, for those who answer the platform in its own way.

        Args:
            noise: 16 random bytes.
        """
        said = text.encode()
        plain = noise + len(said).to_bytes(_LENGTH, "big") + said + self._receiver
        encryptor, padder = self._cipher.encryptor(), PKCS7(_BLOCK_BITS).padder()
        padded = padder.update(plain) + padder.finalize()
        return b64encode(encryptor.update(padded) + encryptor.finalize()).decode()
