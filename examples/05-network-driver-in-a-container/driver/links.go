package main

import (
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"net"
	"strings"
	"syscall"

	"moby-origin/sdk/wire"
)

// links are the bridges and pairs on the host. Their names hold the id of the engine: another engine has others.
type links struct{ instance string }

const create = syscall.NLM_F_CREATE | syscall.NLM_F_EXCL

// name of a link of the host: 15 bytes, which are a letter, the id of the engine, and a digest of what it belongs to.
func (l links) name(letter, id string) string {
	digest := sha256.Sum256([]byte(id))
	return letter + l.instance + strings.ToLower(base32.StdEncoding.EncodeToString(digest[:]))[:6]
}

func (l links) bridge(network string) string { return l.name("l", network) }

func (l links) port(endpoint string) string { return l.name("p", endpoint) }

// raise makes the bridge of a network, or what it lacks: its gateways and that it is up.
func (l links) raise(network string, gateways []string, mtu uint32) error {
	name := l.bridge(network)
	err := request(syscall.RTM_NEWLINK, create, linkHeader(0, true), attribute(syscall.IFLA_IFNAME, text(name)),
		attribute(iflaLinkInfo, attribute(infoKind, text("bridge"))), sized(mtu))
	if err != nil && !errors.Is(err, syscall.EEXIST) {
		return lacking(err, "a bridge")
	}
	link, err := net.InterfaceByName(name)
	if err != nil {
		return err
	}
	if err := request(syscall.RTM_NEWLINK, 0, linkHeader(link.Index, true)); err != nil {
		return err
	}
	for _, gateway := range gateways {
		if err := addAddress(link.Index, gateway); err != nil {
			return err
		}
	}
	return nil
}

// pair makes the two links of an endpoint: one on the bridge, and one that the engine moves, whose name it answers.
func (l links) pair(network, endpoint, mac string, mtu uint32) (string, error) {
	bridge, err := net.InterfaceByName(l.bridge(network))
	if err != nil {
		return "", err
	}
	// One that a join left which nobody undid.
	if err := l.remove(l.port(endpoint)); err != nil {
		return "", err
	}
	address, err := net.ParseMAC(mac)
	if err != nil {
		return "", wire.Errorf("NETWORK_OPTION_INVALID", "%s is no hardware address", mac)
	}
	inner := l.name("i", endpoint)
	peer := attribute(vethInfoPeer, linkHeader(0, false), attribute(syscall.IFLA_IFNAME, text(inner)),
		attribute(syscall.IFLA_ADDRESS, address), sized(mtu))
	err = request(syscall.RTM_NEWLINK, create, linkHeader(0, true), attribute(syscall.IFLA_IFNAME, text(l.port(endpoint))),
		attribute(iflaMaster, number(uint32(bridge.Index))), sized(mtu),
		attribute(iflaLinkInfo, attribute(infoKind, text("veth")), attribute(infoData, peer)))
	return inner, lacking(err, "a pair of links")
}

// remove deletes a link; one that is gone is no failure.
func (l links) remove(name string) error {
	link, err := net.InterfaceByName(name)
	if err != nil {
		return nil
	}
	err = request(syscall.RTM_DELLINK, 0, linkHeader(link.Index, false))
	if errors.Is(err, syscall.ENODEV) {
		return nil
	}
	return err
}

func addAddress(link int, cidr string) error {
	address, network, err := net.ParseCIDR(cidr)
	if err != nil {
		return wire.Errorf("NETWORK_OPTION_INVALID", "%s is no address with a length", cidr)
	}
	length, _ := network.Mask.Size()
	family, bytes := byte(syscall.AF_INET6), []byte(address.To16())
	if short := address.To4(); short != nil {
		family, bytes = syscall.AF_INET, short
	}
	header := append([]byte{family, byte(length), 0, 0}, number(uint32(link))...)
	err = request(syscall.RTM_NEWADDR, create, header, attribute(syscall.IFA_LOCAL, bytes), attribute(syscall.IFA_ADDRESS, bytes))
	if errors.Is(err, syscall.EEXIST) {
		return nil
	}
	return err
}

// sized is the attribute for a size of packets that was asked for.
func sized(mtu uint32) []byte {
	if mtu == 0 {
		return nil
	}
	return attribute(syscall.IFLA_MTU, number(mtu))
}

// lacking tells what a kernel without that kind of link cannot do.
func lacking(err error, what string) error {
	if errors.Is(err, syscall.EOPNOTSUPP) {
		return wire.Errorf("HOST_LACKS", "The kernel of this host cannot make %s", what)
	}
	if errors.Is(err, syscall.EPERM) {
		return wire.Errorf("HOST_LACKS", "This component may not make %s", what).
			WithHint("it needs `network: host` and CAP_NET_ADMIN among its grants")
	}
	return err
}
