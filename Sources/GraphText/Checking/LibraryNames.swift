/// The names of functions and objects that ISO C (to C23) and POSIX.1 (to 2024) declare, also those
/// that earlier editions had. A graph of such a name would take the place of the library's.
enum LibraryNames {
  /// Whether a library may have a function of this name.
  static func contains(_ name: String) -> Bool { all.contains(name) }

  private static let all = Set(text.split { $0 == " " || $0 == "\n" }.map(String.init))

  private static let text = """
    a64l abort abort_handler_s abs accept accept4 access acos acosf acosh acoshf acoshl acosl acospi
    acospif acospil aio_cancel aio_error aio_fsync aio_read aio_return aio_suspend aio_write alarm
    aligned_alloc alphasort asctime asctime_r asctime_s asin asinf asinh asinhf asinhl asinl asinpi
    asinpif asinpil asprintf assert at_quick_exit atan atan2 atan2f atan2l atan2pi atan2pif atan2pil
    atanf atanh atanhf atanhl atanl atanpi atanpif atanpil atexit atof atoi atol atoll
    atomic_compare_exchange_strong atomic_compare_exchange_weak atomic_exchange
    atomic_exchange_explicit atomic_fetch_add atomic_fetch_and atomic_fetch_or atomic_fetch_sub
    atomic_fetch_xor atomic_flag_clear atomic_flag_clear_explicit atomic_flag_test_and_set
    atomic_flag_test_and_set_explicit atomic_init atomic_is_lock_free atomic_load
    atomic_load_explicit atomic_signal_fence atomic_store atomic_store_explicit atomic_thread_fence
    bcmp bcopy bind bind_textdomain_codeset bindtextdomain brk bsearch bsearch_s btowc bzero
    c16rtomb c32rtomb c8rtomb cabs cabsf cabsl cacos cacosf cacosh cacoshf cacoshl cacosl call_once
    calloc canonicalize canonicalizef canonicalizel carg cargf cargl casin casinf casinh casinhf
    casinhl casinl catan catanf catanh catanhf catanhl catanl catclose catgets catopen cbrt cbrtf
    cbrtl ccos ccosf ccosh ccoshf ccoshl ccosl ceil ceilf ceill cexp cexpf cexpl cfgetispeed
    cfgetospeed cfsetispeed cfsetospeed chdir chmod chown cimag cimagf cimagl clearerr clock
    clock_getcpuclockid clock_getres clock_gettime clock_nanosleep clock_settime clog clogf clogl
    close closedir closelog cnd_broadcast cnd_destroy cnd_init cnd_signal cnd_timedwait cnd_wait
    compoundn compoundnf compoundnl confstr conj conjf conjl connect copysign copysignf copysignl
    cos cosf cosh coshf coshl cosl cospi cospif cospil cpow cpowf cpowl cproj cprojf cprojl creal
    crealf creall creat crypt csin csinf csinh csinhf csinhl csinl csqrt csqrtf csqrtl ctan ctanf
    ctanh ctanhf ctanhl ctanl ctermid ctime ctime_r ctime_s cuserid daddl daylight dbm_clearerr
    dbm_close dbm_delete dbm_error dbm_fetch dbm_firstkey dbm_nextkey dbm_open dbm_store dcgettext
    dcngettext ddivl dfmal dgettext difftime dirfd dirname div dladdr dlclose dlerror dlopen dlsym
    dmull dngettext dprintf drand48 dsqrtl dsubl dup dup2 dup3 duplocale ecvt encrypt endgrent
    endhostent endnetent endprotoent endpwent endservent endutxent environ erand48 erf erfc erfcf
    erfcl erff erfl errno execl execle execlp execv execve execvp exit exp exp10 exp10f exp10l
    exp10m1 exp10m1f exp10m1l exp2 exp2f exp2l exp2m1 exp2m1f exp2m1l expf expl expm1 expm1f expm1l
    fabs fabsf fabsl faccessat fadd faddl fattach fchdir fchmod fchmodat fchown fchownat fclose
    fcntl fcvt fdatasync fdetach fdim fdimf fdiml fdiv fdivl fdopen fdopendir feclearexcept fegetenv
    fegetexceptflag fegetmode fegetround feholdexcept feof feraiseexcept ferror fesetenv fesetexcept
    fesetexceptflag fesetmode fesetround fetestexcept fetestexceptflag feupdateenv fexecve fflush
    ffma ffmal ffs fgetc fgetpos fgets fgetwc fgetws fileno flockfile floor floorf floorl fma fmaf
    fmal fmax fmaxf fmaximum fmaximum_mag fmaximum_mag_num fmaximum_mag_numf fmaximum_mag_numl
    fmaximum_magf fmaximum_magl fmaximum_num fmaximum_numf fmaximum_numl fmaximumf fmaximuml fmaxl
    fmemopen fmin fminf fminimum fminimum_mag fminimum_mag_num fminimum_mag_numf fminimum_mag_numl
    fminimum_magf fminimum_magl fminimum_num fminimum_numf fminimum_numl fminimumf fminimuml fminl
    fmod fmodf fmodl fmtmsg fmul fmull fnmatch fopen fopen_s fork fpathconf fpclassify fprintf
    fprintf_s fputc fputs fputwc fputws fread free free_aligned_sized free_sized freeaddrinfo
    freelocale freopen freopen_s frexp frexpf frexpl fromfp fromfpf fromfpl fromfpx fromfpxf
    fromfpxl fscanf fscanf_s fseek fseeko fsetpos fsqrt fsqrtl fstat fstatat fstatvfs fsub fsubl
    fsync ftell ftello ftok ftruncate ftrylockfile ftw funlockfile futimens fwide fwprintf
    fwprintf_s fwrite fwscanf fwscanf_s gai_strerror gamma gcvt getaddrinfo getc getc_unlocked
    getchar getchar_unlocked getcwd getdate getdate_err getdelim getegid getentropy getenv getenv_s
    geteuid getgid getgrent getgrgid getgrgid_r getgrnam getgrnam_r getgroups gethostbyaddr
    gethostbyname gethostent gethostid gethostname getitimer getline getlogin getlogin_r getmsg
    getnameinfo getnetbyaddr getnetbyname getnetent getopt getpass getpayload getpayloadf
    getpayloadl getpeername getpgid getpgrp getpid getpmsg getppid getpriority getprotobyname
    getprotobynumber getprotoent getpwent getpwnam getpwnam_r getpwuid getpwuid_r getresgid
    getresuid getrlimit getrusage gets gets_s getservbyname getservbyport getservent getsid
    getsockname getsockopt getsubopt gettext gettimeofday getuid getutxent getutxid getutxline getw
    getwc getwchar getwd glob globfree gmtime gmtime_r gmtime_s grantpt hcreate hdestroy hsearch
    htonl htons hypot hypotf hypotl iconv iconv_close iconv_open if_freenameindex if_indextoname
    if_nameindex if_nametoindex ignore_handler_s ilogb ilogbf ilogbl imaxabs imaxdiv index inet_addr
    inet_lnaof inet_makeaddr inet_netof inet_network inet_ntoa inet_ntop inet_pton initstate insque
    ioctl isalnum isalnum_l isalpha isalpha_l isascii isastream isatty isblank isblank_l iscanonical
    iscntrl iscntrl_l isdigit isdigit_l iseqsig isfinite isgraph isgraph_l isgreater isgreaterequal
    isinf isless islessequal islessgreater islower islower_l isnan isnormal isprint isprint_l
    ispunct ispunct_l issignaling isspace isspace_l issubnormal isunordered isupper isupper_l
    iswalnum iswalnum_l iswalpha iswalpha_l iswblank iswblank_l iswcntrl iswcntrl_l iswctype
    iswctype_l iswdigit iswdigit_l iswgraph iswgraph_l iswlower iswlower_l iswprint iswprint_l
    iswpunct iswpunct_l iswspace iswspace_l iswupper iswupper_l iswxdigit iswxdigit_l isxdigit
    isxdigit_l iszero j0 j1 jn jrand48 kill killpg l64a labs lchown lcong48 ldexp ldexpf ldexpl ldiv
    lfind lgamma lgammaf lgammal link linkat lio_listio listen llabs lldiv llogb llogbf llogbl
    llrint llrintf llrintl llround llroundf llroundl localeconv localtime localtime_r localtime_s
    lockf log log10 log10f log10l log10p1 log10p1f log10p1l log1p log1pf log1pl log2 log2f log2l
    log2p1 log2p1f log2p1l logb logbf logbl logf logl logp1 logp1f logp1l longjmp lrand48 lrint
    lrintf lrintl lround lroundf lroundl lsearch lseek lstat malloc mblen mbrlen mbrtoc16 mbrtoc32
    mbrtoc8 mbrtowc mbsinit mbsnrtowcs mbsrtowcs mbsrtowcs_s mbstowcs mbstowcs_s mbtowc memalignment
    memccpy memchr memcmp memcpy memcpy_s memmem memmove memmove_s memset memset_explicit memset_s
    mkdir mkdirat mkdtemp mkfifo mkfifoat mknod mknodat mkostemp mkstemp mktemp mktime mlock
    mlockall mmap modf modff modfl mprotect mq_close mq_getattr mq_notify mq_open mq_receive mq_send
    mq_setattr mq_timedreceive mq_timedsend mq_unlink mrand48 msgctl msgget msgrcv msgsnd msync
    mtx_destroy mtx_init mtx_lock mtx_timedlock mtx_trylock mtx_unlock munlock munlockall munmap nan
    nanf nanl nanosleep nearbyint nearbyintf nearbyintl newlocale nextafter nextafterf nextafterl
    nextdown nextdownf nextdownl nexttoward nexttowardf nexttowardl nextup nextupf nextupl nftw
    ngettext nice nl_langinfo nl_langinfo_l nrand48 ntohl ntohs offsetof open open_memstream
    open_wmemstream openat opendir openlog optarg opterr optind optopt pathconf pause pclose perror
    pipe pipe2 poll popen posix_close posix_devctl posix_fadvise posix_fallocate posix_getdents
    posix_madvise posix_mem_offset posix_memalign posix_openpt posix_spawn
    posix_spawn_file_actions_addchdir posix_spawn_file_actions_addclose
    posix_spawn_file_actions_adddup2 posix_spawn_file_actions_addfchdir
    posix_spawn_file_actions_addopen posix_spawn_file_actions_destroy posix_spawn_file_actions_init
    posix_spawnattr_destroy posix_spawnattr_getflags posix_spawnattr_getpgroup
    posix_spawnattr_getschedparam posix_spawnattr_getschedpolicy posix_spawnattr_getsigdefault
    posix_spawnattr_getsigmask posix_spawnattr_init posix_spawnattr_setflags
    posix_spawnattr_setpgroup posix_spawnattr_setschedparam posix_spawnattr_setschedpolicy
    posix_spawnattr_setsigdefault posix_spawnattr_setsigmask posix_spawnp posix_trace_create
    posix_typed_mem_get_info posix_typed_mem_open pow powf powl pown pownf pownl powr powrf powrl
    ppoll pread printf printf_s pselect psiginfo psignal pthread_atfork pthread_attr_destroy
    pthread_attr_getdetachstate pthread_attr_getguardsize pthread_attr_getinheritsched
    pthread_attr_getschedparam pthread_attr_getschedpolicy pthread_attr_getscope
    pthread_attr_getstack pthread_attr_getstackaddr pthread_attr_getstacksize pthread_attr_init
    pthread_attr_setdetachstate pthread_attr_setguardsize pthread_attr_setinheritsched
    pthread_attr_setschedparam pthread_attr_setschedpolicy pthread_attr_setscope
    pthread_attr_setstack pthread_attr_setstackaddr pthread_attr_setstacksize
    pthread_barrier_destroy pthread_barrier_init pthread_barrier_wait pthread_barrierattr_destroy
    pthread_barrierattr_getpshared pthread_barrierattr_init pthread_barrierattr_setpshared
    pthread_cancel pthread_cleanup_pop pthread_cleanup_push pthread_cond_broadcast
    pthread_cond_clockwait pthread_cond_destroy pthread_cond_init pthread_cond_signal
    pthread_cond_timedwait pthread_cond_wait pthread_condattr_destroy pthread_condattr_getclock
    pthread_condattr_getpshared pthread_condattr_init pthread_condattr_setclock
    pthread_condattr_setpshared pthread_create pthread_detach pthread_equal pthread_exit
    pthread_getconcurrency pthread_getcpuclockid pthread_getschedparam pthread_getspecific
    pthread_join pthread_key_create pthread_key_delete pthread_kill pthread_mutex_clocklock
    pthread_mutex_consistent pthread_mutex_destroy pthread_mutex_getprioceiling pthread_mutex_init
    pthread_mutex_lock pthread_mutex_setprioceiling pthread_mutex_timedlock pthread_mutex_trylock
    pthread_mutex_unlock pthread_mutexattr_destroy pthread_mutexattr_getprioceiling
    pthread_mutexattr_getprotocol pthread_mutexattr_getpshared pthread_mutexattr_getrobust
    pthread_mutexattr_gettype pthread_mutexattr_init pthread_mutexattr_setprioceiling
    pthread_mutexattr_setprotocol pthread_mutexattr_setpshared pthread_mutexattr_setrobust
    pthread_mutexattr_settype pthread_once pthread_rwlock_clockrdlock pthread_rwlock_clockwrlock
    pthread_rwlock_destroy pthread_rwlock_init pthread_rwlock_rdlock pthread_rwlock_timedrdlock
    pthread_rwlock_timedwrlock pthread_rwlock_tryrdlock pthread_rwlock_trywrlock
    pthread_rwlock_unlock pthread_rwlock_wrlock pthread_rwlockattr_destroy
    pthread_rwlockattr_getpshared pthread_rwlockattr_init pthread_rwlockattr_setpshared pthread_self
    pthread_setcancelstate pthread_setcanceltype pthread_setconcurrency pthread_setschedparam
    pthread_setschedprio pthread_setspecific pthread_sigmask pthread_spin_destroy pthread_spin_init
    pthread_spin_lock pthread_spin_trylock pthread_spin_unlock pthread_testcancel ptsname putc
    putc_unlocked putchar putchar_unlocked putenv putmsg putpmsg puts pututxline putw putwc putwchar
    pwrite qsort qsort_r qsort_s quick_exit raise rand rand_r random read readdir readdir_r readlink
    readlinkat readv realloc reallocarray realpath recv recvfrom recvmsg regcomp regerror regexec
    regfree remainder remainderf remainderl remove remque remquo remquof remquol rename renameat
    rewind rewinddir rindex rint rintf rintl rmdir rootn rootnf rootnl round roundeven roundevenf
    roundevenl roundf roundl rsqrt rsqrtf rsqrtl sbrk scalb scalbln scalblnf scalblnl scalbn scalbnf
    scalbnl scandir scanf scanf_s sched_get_priority_max sched_get_priority_min sched_getparam
    sched_getscheduler sched_rr_get_interval sched_setparam sched_setscheduler sched_yield
    secure_getenv seed48 seekdir select sem_clockwait sem_close sem_destroy sem_getvalue sem_init
    sem_open sem_post sem_timedwait sem_trywait sem_unlink sem_wait semctl semget semop send sendmsg
    sendto set_constraint_handler_s setbuf setegid setenv seteuid setgid setgrent sethostent
    setitimer setjmp setkey setlocale setlogmask setnetent setpayload setpayloadf setpayloadl
    setpayloadsig setpayloadsigf setpayloadsigl setpgid setpgrp setpriority setprotoent setpwent
    setregid setresgid setresuid setreuid setrlimit setservent setsid setsockopt setstate setuid
    setutxent setvbuf shm_open shm_unlink shmat shmctl shmdt shmget shutdown sig2str sigaction
    sigaddset sigaltstack sigdelset sigemptyset sigfillset sighold sigignore siginterrupt
    sigismember siglongjmp signal signbit signgam sigpause sigpending sigprocmask sigqueue sigrelse
    sigset sigsuspend sigtimedwait sigwait sigwaitinfo sin sinf sinh sinhf sinhl sinl sinpi sinpif
    sinpil sleep snprintf snprintf_s snwprintf_s sockatmark socket socketpair sprintf sprintf_s sqrt
    sqrtf sqrtl srand srand48 srandom sscanf sscanf_s stat statvfs stdc_bit_ceil stdc_bit_ceil_uc
    stdc_bit_ceil_ui stdc_bit_ceil_ul stdc_bit_ceil_ull stdc_bit_ceil_us stdc_bit_floor
    stdc_bit_floor_uc stdc_bit_floor_ui stdc_bit_floor_ul stdc_bit_floor_ull stdc_bit_floor_us
    stdc_bit_width stdc_bit_width_uc stdc_bit_width_ui stdc_bit_width_ul stdc_bit_width_ull
    stdc_bit_width_us stdc_count_ones stdc_count_ones_uc stdc_count_ones_ui stdc_count_ones_ul
    stdc_count_ones_ull stdc_count_ones_us stdc_count_zeros stdc_count_zeros_uc stdc_count_zeros_ui
    stdc_count_zeros_ul stdc_count_zeros_ull stdc_count_zeros_us stdc_first_leading_one
    stdc_first_leading_one_uc stdc_first_leading_one_ui stdc_first_leading_one_ul
    stdc_first_leading_one_ull stdc_first_leading_one_us stdc_first_leading_zero
    stdc_first_leading_zero_uc stdc_first_leading_zero_ui stdc_first_leading_zero_ul
    stdc_first_leading_zero_ull stdc_first_leading_zero_us stdc_first_trailing_one
    stdc_first_trailing_one_uc stdc_first_trailing_one_ui stdc_first_trailing_one_ul
    stdc_first_trailing_one_ull stdc_first_trailing_one_us stdc_first_trailing_zero
    stdc_first_trailing_zero_uc stdc_first_trailing_zero_ui stdc_first_trailing_zero_ul
    stdc_first_trailing_zero_ull stdc_first_trailing_zero_us stdc_has_single_bit
    stdc_has_single_bit_uc stdc_has_single_bit_ui stdc_has_single_bit_ul stdc_has_single_bit_ull
    stdc_has_single_bit_us stdc_leading_ones stdc_leading_ones_uc stdc_leading_ones_ui
    stdc_leading_ones_ul stdc_leading_ones_ull stdc_leading_ones_us stdc_leading_zeros
    stdc_leading_zeros_uc stdc_leading_zeros_ui stdc_leading_zeros_ul stdc_leading_zeros_ull
    stdc_leading_zeros_us stdc_trailing_ones stdc_trailing_ones_uc stdc_trailing_ones_ui
    stdc_trailing_ones_ul stdc_trailing_ones_ull stdc_trailing_ones_us stdc_trailing_zeros
    stdc_trailing_zeros_uc stdc_trailing_zeros_ui stdc_trailing_zeros_ul stdc_trailing_zeros_ull
    stdc_trailing_zeros_us stderr stdin stdout stpcpy stpncpy str2sig strcasecmp strcasecmp_l strcat
    strcat_s strchr strcmp strcoll strcoll_l strcpy strcpy_s strcspn strdup strerror strerror_l
    strerror_r strerror_s strerrorlen_s strfmon strfmon_l strfromd strfromf strfroml strftime
    strftime_l strlcat strlcpy strlen strncasecmp strncasecmp_l strncat strncat_s strncmp strncpy
    strncpy_s strndup strnlen strnlen_s strpbrk strptime strrchr strsignal strspn strstr strtod
    strtof strtoimax strtok strtok_r strtok_s strtol strtold strtoll strtoul strtoull strtoumax
    strxfrm strxfrm_l swab swprintf swprintf_s swscanf swscanf_s symlink symlinkat sync sysconf
    syslog system tan tanf tanh tanhf tanhl tanl tanpi tanpif tanpil tcdrain tcflow tcflush
    tcgetattr tcgetpgrp tcgetsid tcgetwinsize tcsendbreak tcsetattr tcsetpgrp tcsetwinsize tdelete
    telldir tempnam textdomain tfind tgamma tgammaf tgammal thrd_create thrd_current thrd_detach
    thrd_equal thrd_exit thrd_join thrd_sleep thrd_yield time timegm timer_create timer_delete
    timer_getoverrun timer_gettime timer_settime times timespec_get timespec_getres timezone tmpfile
    tmpfile_s tmpnam tmpnam_s toascii tolower tolower_l totalorder totalorderf totalorderl
    totalordermag totalordermagf totalordermagl toupper toupper_l towctrans towctrans_l towlower
    towlower_l towupper towupper_l trunc truncate truncf truncl tsearch tss_create tss_delete
    tss_get tss_set ttyname ttyname_r twalk tzname tzset ualarm ufromfp ufromfpf ufromfpl ufromfpx
    ufromfpxf ufromfpxl ulimit umask uname ungetc ungetwc unlink unlinkat unlockpt unsetenv
    uselocale usleep utime utimensat utimes va_arg va_copy va_end va_start valloc vasprintf vdprintf
    vfork vfprintf vfprintf_s vfscanf vfscanf_s vfwprintf vfwprintf_s vfwscanf vfwscanf_s vprintf
    vprintf_s vscanf vscanf_s vsnprintf vsnprintf_s vsnwprintf_s vsprintf vsprintf_s vsscanf
    vsscanf_s vswprintf vswprintf_s vswscanf vswscanf_s vwprintf vwprintf_s vwscanf vwscanf_s wait
    wait3 waitid waitpid wcpcpy wcpncpy wcrtomb wcrtomb_s wcscasecmp wcscasecmp_l wcscat wcscat_s
    wcschr wcscmp wcscoll wcscoll_l wcscpy wcscpy_s wcscspn wcsdup wcsftime wcslcat wcslcpy wcslen
    wcsncasecmp wcsncasecmp_l wcsncat wcsncat_s wcsncmp wcsncpy wcsncpy_s wcsnlen wcsnlen_s
    wcsnrtombs wcspbrk wcsrchr wcsrtombs wcsrtombs_s wcsspn wcsstr wcstod wcstof wcstoimax wcstok
    wcstok_s wcstol wcstold wcstoll wcstombs wcstombs_s wcstoul wcstoull wcstoumax wcswcs wcswidth
    wcsxfrm wcsxfrm_l wctob wctomb wctomb_s wctrans wctrans_l wctype wctype_l wcwidth wmemchr
    wmemcmp wmemcpy wmemcpy_s wmemmove wmemmove_s wmemset wordexp wordfree wprintf wprintf_s write
    writev wscanf wscanf_s y0 y1 yn
    """
}
