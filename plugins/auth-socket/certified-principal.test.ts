import { expect, test } from 'vitest'
import { certifiedPrincipal } from './certified-principal.ts'

/** Self-signed, made once: subject O=ops, O=dev, CN=ann; and one with the subject O=nobody alone. */
const ann = `-----BEGIN CERTIFICATE-----
MIIBrDCCAVGgAwIBAgIUSAkZBWDIGqURhAR+vdn708+G40YwCgYIKoZIzj0EAwIw
KjEMMAoGA1UECgwDb3BzMQwwCgYDVQQKDANkZXYxDDAKBgNVBAMMA2FubjAgFw0y
NjExMjkwNzM4MjdaGA8yMTI2MTEwNTA3MzgyN1owKjEMMAoGA1UECgwDb3BzMQww
CgYDVQQKDANkZXYxDDAKBgNVBAMMA2FubjBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABAtxqapYqLfoCZUbqALFjXVpp4vfWLyUk2hDRESXH6fCwNyaQIEgkXXqTxh0
fEzJbOTVw1gc6cHk2dVHaH/9srGjUzBRMB0GA1UdDgQWBBRSrN/dAEjS+9ABnwKT
CRMV5V1cbDAfBgNVHSMEGDAWgBRSrN/dAEjS+9ABnwKTCRMV5V1cbDAPBgNVHRMB
Af8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQC3VlXpBEr6K+V9NGmbdtFaSQPY
SezHJuzaHkA3EX6tAwIhAOU9EHgH2F1d70L8jMsYx0wKkfOLtOw72845nPdPQwaN
-----END CERTIFICATE-----
`
const nameless = `-----BEGIN CERTIFICATE-----
MIIBeDCCAR+gAwIBAgIUcmeKeJ/ovKMUR7czeoGi/OQpMRYwCgYIKoZIzj0EAwIw
ETEPMA0GA1UECgwGbm9ib2R5MCAXDTI2MTEyOTA3MzgyN1oYDzIxMjYxMTA1MDcz
ODI3WjARMQ8wDQYDVQQKDAZub2JvZHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AATv5w1PQsYdAFNOBA4xEG87dJ/qmTeN7TKCfsRUinIHbC5nqYFsnQYIw4w4TR2q
XE0zR6kkw34lBzB3FWS/pCxpo1MwUTAdBgNVHQ4EFgQU1A60AKFqg75NXpx2bAxe
OFLGNKgwHwYDVR0jBBgwFoAU1A60AKFqg75NXpx2bAxeOFLGNKgwDwYDVR0TAQH/
BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiANkSUyLhy6kUqr/TzSUWiIsuhEPTWU
4BfIGXKabDrSuwIgFBF+RYUAr3PPbOaKb8JWHVJJuD51pERHBb/vS7HXGmQ=
-----END CERTIFICATE-----
`

test('a certificate is for its common name, and its organizations are groups', () => {
  expect(certifiedPrincipal([ann])).toEqual({ name: 'ann', method: 'tls', groups: ['ops', 'dev'] })
})

test.each([[[]], [['']], [['-----BEGIN CERTIFICATE-----']], [[nameless]]])('%# names nobody', (certificates) => {
  expect(() => certifiedPrincipal(certificates)).toThrow(expect.objectContaining({ code: 'AUTH_NOT_AUTHENTICATED' }))
})
