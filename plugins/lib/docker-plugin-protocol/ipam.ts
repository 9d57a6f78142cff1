import { flag, shape, table, text } from './shape.ts'

const id = text(4096)
const address = text(256)

/** Answers of `IpamDriver.*`. */
export const ipamAnswers = {
  Nothing: shape({}),
  GetCapabilities: shape({ RequiresMACAddress: flag, RequiresRequestReplay: flag }),
  GetDefaultAddressSpaces: shape({ LocalDefaultAddressSpace: text(), GlobalDefaultAddressSpace: text() }),
  RequestPool: shape({ PoolID: id, Pool: address, Data: table(text()) }),
  RequestAddress: shape({ Address: address, Data: table(text()) }),
}

/** Requests of `IpamDriver.*`. */
export const ipamRequests = {
  RequestPool: shape({ AddressSpace: text(), Pool: address, SubPool: address, Options: table(text()), V6: flag }),
  ReleasePool: shape({ PoolID: id }),
  RequestAddress: shape({ PoolID: id, Address: address, Options: table(text()) }),
  ReleaseAddress: shape({ PoolID: id, Address: address }),
}
