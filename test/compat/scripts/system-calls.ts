import type { Script } from '../script.ts'

/** Every system call with arguments that no call takes, each in a process of its own: errno, or the signal. */
const probe = `
use strict;
use POSIX ();
sub try { my ($name, $number, @args) = @_;
  my $pid = fork();
  if (!$pid) { alarm 1; close STDOUT; my $r = syscall($number, @args); my $e = $r == -1 ? $!+0 : 0; POSIX::_exit($e) }
  waitpid($pid, 0);
  my $signal = $? & 127; my $errno = $? >> 8;
  print $signal ? "$name signal $signal\\n" : "$name $errno\\n"; }
$| = 1;
try("call $_", $_, -1, -1, -1, -1, -1, -1) for grep { $_ != 58 } 0..469;
try("personality $_", 135, $_) for 0, 8, 3, 0x20000, 0x20008, 0x0004000, 0xffffffff;
try("clone $_", 56, $_, 0, 0, 0, 0) for 0x10000000, 0x20000000, 0x40000000, 0x08000000, 0x04000000, 0x02000000, 0x00020000;
try("unshare $_", 272, $_) for 0x10000000, 0x20000000, 0x40000000, 0x08000000, 0x04000000, 0x02000000, 0x00020000;
try("socket $_", 41, $_, 3, 0) for 0..45;
try("netlink $_", 41, 16, 3, $_) for 0..21;
`

const settings: Readonly<Record<string, readonly string[]>> = {
  'by default': [],
  'with SYS_ADMIN': ['--cap-add', 'SYS_ADMIN'],
  'with all capabilities': ['--cap-add', 'ALL'],
  'as a user': ['-u', '1000'],
}

/** What the filter of system calls lets through, as processes meet it. */
export const systemCalls: Script = {
  name: 'system-calls',
  recorded: false,
  async run(subject, note) {
    const { tools } = subject.facts
    const folders = [
      '-v',
      `${tools}/usr:/usr:ro`,
      '-v',
      `${tools}/usr/lib:/lib:ro`,
      '-v',
      `${tools}/usr/lib64:/lib64:ro`,
    ]
    for (const [name, options] of Object.entries(settings)) {
      const result = await subject.docker([
        'run',
        '--rm',
        '--network',
        'none',
        ...folders,
        ...options,
        'busybox',
        '/usr/bin/perl',
        '-e',
        probe,
      ])
      const answers = result.stdout.split('\n').map((line) => line.split(/ (?=(?:signal )?\d+$)/))
      note(name, { exitCode: result.exitCode, stderr: result.stderr, ...Object.fromEntries(answers) })
    }
  },
}
