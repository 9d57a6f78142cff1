package main

import (
	"strconv"
	"strings"

	"moby-origin/sdk/networkdriver"
	"moby-origin/sdk/wire"
)

const (
	userOptions = "com.docker.network.generic"
	mtuOption   = "com.docker.network.driver.mtu"
)

// readMTU reads the one option that users can give, `--opt com.docker.network.driver.mtu=BYTES`; zero without it.
func readMTU(options map[string]any) (uint32, error) {
	given, _ := options[userOptions].(map[string]any)
	for key := range given {
		if key != mtuOption {
			return 0, wire.Errorf("NETWORK_OPTION_INVALID", "lan has no option %s", key).WithHint("it has " + mtuOption)
		}
	}
	value, isGiven := given[mtuOption]
	if !isGiven {
		return 0, nil
	}
	text, _ := value.(string)
	mtu, err := strconv.ParseUint(text, 10, 16)
	if err != nil || mtu < 68 {
		return 0, wire.Errorf("NETWORK_OPTION_INVALID", "%s cannot be %v", mtuOption, value).
			WithHint("give a number of bytes from 68 to 65535")
	}
	return uint32(mtu), nil
}

// addGateway notes the address of the host in a pool, and answers it without its length.
func (n *network) addGateway(pools []networkdriver.IpamData) string {
	if len(pools) == 0 || pools[0].Gateway == nil {
		return ""
	}
	n.Gateways = append(n.Gateways, *pools[0].Gateway)
	return strings.SplitN(*pools[0].Gateway, "/", 2)[0]
}
