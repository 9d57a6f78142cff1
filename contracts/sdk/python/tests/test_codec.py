import unittest

import path  # noqa: F401
from moby_sdk.contracts.log_driver import LogDriver, LogPosition, LogRecord, Partial, WriteRequest
from moby_sdk.contracts.network_driver import NetworkDriver
from moby_sdk.contracts.storage_volume import GetResponse, StorageVolume, Volume

LIMIT = 64


class CodecTest(unittest.TestCase):
    def test_turns_64_bit_integers_and_bytes_into_their_form_and_back(self):
        contract = LogDriver.contract
        method = contract.methods["write"]
        piece = Partial(id="p", ordinal=1, last=False)
        record = LogRecord(stream="stdout", time="2024-01-01T00:00:00Z", line=b"\xff\x00", partial=piece)
        request = WriteRequest(log="a", records=[record], position=LogPosition(stdout=2**62 + 1, stderr=0))
        data = contract.write(method.request, request)
        self.assertIn(b'"stdout":"4611686018427387905"', data)
        self.assertIn(b'"line":"/wA="', data)
        self.assertEqual(contract.read(method.request, data, LIMIT, "WIRE_REQUEST_INVALID", "it"), request)

    def test_leaves_out_what_is_none_and_ignores_what_a_later_version_adds(self):
        contract = StorageVolume.contract
        method = contract.methods["get"]
        self.assertEqual(contract.write(method.response, GetResponse(Volume("a"))), b'{"volume":{"name":"a"}}')
        later = b'{"volume":{"name":"a","createdAt":"2024-01-01T00:00:00Z","colour":"red"},"more":1}'
        read = contract.read(method.response, later, LIMIT, "WIRE_RESPONSE_INVALID", "it")
        self.assertEqual(read, GetResponse(Volume("a", created_at="2024-01-01T00:00:00Z")))

    def test_every_method_of_a_contract_has_a_function_and_a_type(self):
        for name, method in NetworkDriver.contract.methods.items():
            self.assertTrue(callable(getattr(NetworkDriver, method.attribute)), name)
        self.assertEqual(NetworkDriver.contract.methods["createNetwork"].attribute, "create_network")


if __name__ == "__main__":
    unittest.main()
