"""Which system calls a program in the cell may make: name, number on x86_64, number on aarch64.

What is in neither list is answered with "operation not permitted", as if it were not there.
"""

# What an ordinary Python program needs. Where an argument decides (clone, fcntl …), see `seccomp`.
ALLOWED = """
read:0:63 write:1:64 open:2:- close:3:57 stat:4:- fstat:5:80 lstat:6:- poll:7:- lseek:8:62 mmap:9:222
mprotect:10:226 munmap:11:215 brk:12:214 rt_sigaction:13:134 rt_sigprocmask:14:135 rt_sigreturn:15:139
pread64:17:67 pwrite64:18:68 readv:19:65 writev:20:66 access:21:- pipe:22:- select:23:-
sched_yield:24:124 mremap:25:216 msync:26:227 mincore:27:232 madvise:28:233 dup:32:23 dup2:33:-
pause:34:- nanosleep:35:101 getitimer:36:102 alarm:37:- setitimer:38:103 getpid:39:172 sendfile:40:71
sendmsg:46:211 recvmsg:47:212 sendto:44:206 recvfrom:45:207 shutdown:48:210
getsockname:51:204 getpeername:52:205 getsockopt:55:209 setsockopt:54:208 exit:60:93 wait4:61:260
waitid:247:95 kill:62:129 uname:63:160 flock:73:32 fsync:74:82 fdatasync:75:83 truncate:76:45
ftruncate:77:46 getdents:78:- getcwd:79:17 chdir:80:49 fchdir:81:50 rename:82:- mkdir:83:- rmdir:84:-
creat:85:- link:86:- unlink:87:- symlink:88:- readlink:89:- chmod:90:- fchmod:91:52 umask:95:166
gettimeofday:96:169 getrlimit:97:163 getrusage:98:165 sysinfo:99:179 times:100:153 getuid:102:174
getgid:104:176 geteuid:107:175 getegid:108:177 getppid:110:173 getpgrp:111:- getpgid:121:155
getsid:124:156 getgroups:115:158 getresuid:118:148 getresgid:120:150 setresuid:117:147 setresgid:119:149
setrlimit:160:164 rt_sigpending:127:136 rt_sigtimedwait:128:137 rt_sigsuspend:130:133 sigaltstack:131:132
utime:132:- statfs:137:43 fstatfs:138:44 getpriority:140:141 sched_getparam:143:121
sched_getscheduler:145:120 sched_get_priority_max:146:125 sched_get_priority_min:147:126
arch_prctl:158:- gettid:186:178 time:201:- futex:202:98 sched_getaffinity:204:123 getdents64:217:61
set_tid_address:218:96 restart_syscall:219:128 fadvise64:221:223 clock_gettime:228:113
clock_getres:229:114 clock_nanosleep:230:115 exit_group:231:94 epoll_create:213:- epoll_wait:232:-
epoll_ctl:233:21 epoll_pwait:281:22 epoll_create1:291:20 tgkill:234:131 tkill:200:130 openat:257:56
mkdirat:258:34 newfstatat:262:79 unlinkat:263:35 renameat:264:38 linkat:265:37 symlinkat:266:36
readlinkat:267:78 fchmodat:268:53 faccessat:269:48 pselect6:270:72 ppoll:271:73 set_robust_list:273:99
get_robust_list:274:100 utimensat:280:88 fallocate:285:47 eventfd:284:- eventfd2:290:19
timerfd_create:283:85 timerfd_settime:286:86 timerfd_gettime:287:87 signalfd4:289:74 dup3:292:24
pipe2:293:59 setsid:112:157 preadv:295:69 pwritev:296:70 getcpu:309:168 getrandom:318:278
statx:332:291 rseq:334:293 renameat2:316:276 copy_file_range:326:285 faccessat2:439:439
close_range:436:436 membarrier:324:283 capget:125:90 capset:126:91 seccomp:317:277 prctl:157:167
"""

# What Landlock does not stand in the way of, by a file's path or an open file: an ordinary user's program
# without a mount namespace could close the user's own files to the user, or empty them.
FILE_CHANGES = """
chmod:90:- fchmod:91:52 fchmodat:268:53 utime:132:- utimensat:280:88 truncate:76:45
"""

# Nothing that a solution could want: the process is killed, and the keeper sees SIGSYS.
FATAL = """
ptrace:101:117 process_vm_readv:310:270 process_vm_writev:311:271 bpf:321:280 add_key:248:217
request_key:249:218 keyctl:250:219 userfaultfd:323:282 perf_event_open:298:241 io_uring_setup:425:425
io_uring_enter:426:426 io_uring_register:427:427 mount:165:40 umount2:166:39 pivot_root:155:41
chroot:161:51 unshare:272:97 setns:308:268 kexec_load:246:104 kexec_file_load:320:294 init_module:175:105
finit_module:313:273 delete_module:176:106 reboot:169:142 swapon:167:224 swapoff:168:225
open_by_handle_at:304:265 name_to_handle_at:303:264 fsopen:430:430 fsmount:432:432 move_mount:429:429
open_tree:428:428 personality:135:92 acct:163:89 quotactl:179:60 iopl:172:- ioperm:173:-
process_madvise:440:440 kcmp:312:272
"""
