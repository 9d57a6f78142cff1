package main

import (
	"encoding/binary"
	"fmt"
	"syscall"
)

// Numbers of rtnetlink(7) that package syscall does not have.
const (
	vethInfoPeer = 1
	infoKind     = 1
	infoData     = 2
	iflaLinkInfo = 18
	iflaMaster   = 10
)

// attribute encodes one attribute of a netlink message; what it holds may be attributes again.
func attribute(kind uint16, parts ...[]byte) []byte {
	encoded := make([]byte, 4)
	for _, part := range parts {
		encoded = append(encoded, part...)
	}
	binary.LittleEndian.PutUint16(encoded, uint16(len(encoded)))
	binary.LittleEndian.PutUint16(encoded[2:], kind)
	for len(encoded)%4 != 0 {
		encoded = append(encoded, 0)
	}
	return encoded
}

func text(value string) []byte { return append([]byte(value), 0) }

func number(value uint32) []byte { return binary.LittleEndian.AppendUint32(nil, value) }

// linkHeader is struct ifinfomsg. With up, the link is set up.
func linkHeader(index int, up bool) []byte {
	header := make([]byte, syscall.SizeofIfInfomsg)
	binary.LittleEndian.PutUint32(header[4:], uint32(index))
	if up {
		binary.LittleEndian.PutUint32(header[8:], syscall.IFF_UP)
		binary.LittleEndian.PutUint32(header[12:], syscall.IFF_UP)
	}
	return header
}

// request sends one message to the kernel and waits for its answer, an errno.
func request(kind, flags uint16, parts ...[]byte) error {
	socket, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC, syscall.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer syscall.Close(socket)
	message := make([]byte, syscall.SizeofNlMsghdr)
	for _, part := range parts {
		message = append(message, part...)
	}
	binary.LittleEndian.PutUint32(message, uint32(len(message)))
	binary.LittleEndian.PutUint16(message[4:], kind)
	binary.LittleEndian.PutUint16(message[6:], flags|syscall.NLM_F_REQUEST|syscall.NLM_F_ACK)
	if err := syscall.Sendto(socket, message, 0, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK}); err != nil {
		return err
	}
	answer := make([]byte, 8192)
	size, _, err := syscall.Recvfrom(socket, answer, 0)
	if err != nil {
		return err
	}
	if size < syscall.SizeofNlMsghdr+4 || binary.LittleEndian.Uint16(answer[4:]) != syscall.NLMSG_ERROR {
		return fmt.Errorf("the kernel answered a netlink request with %d bytes that are no acknowledgement", size)
	}
	if code := int32(binary.LittleEndian.Uint32(answer[syscall.SizeofNlMsghdr:])); code != 0 {
		return syscall.Errno(-code)
	}
	return nil
}
