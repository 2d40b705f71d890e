namespace BpfConformance.Reporting.Reproducers;

/// <summary>
/// What has a program in C set <c>net.core.bpf_jit_harden</c>, a setting of the whole machine, and put it back: as <c>bpfconf --jit-harden</c> does, by a file that is locked and
/// keeps what was before. Where such a command runs, the setting is left to that.
/// </summary>
internal static class HardeningDefinitions
{
    /// <summary>What is said of a finding.</summary>
    public const string Remark = "found with net.core.bpf_jit_harden = 2";

    public const string Text = """
        #include <fcntl.h>
        #include <signal.h>
        #include <sys/file.h>

        static const char setting_path[] = "/proc/sys/net/core/bpf_jit_harden", state_path[] = "/run/bpfconf-jit-harden";
        static int setting_fd, state_fd;

        // Signals come here, too: nothing but system calls.
        static int restore(void)
        {
        	char before[16];
        	ssize_t bytes = pread(state_fd, before, sizeof(before), 0);
        	return bytes > 0 && (pwrite(setting_fd, before, bytes, 0) != bytes || ftruncate(state_fd, 0));
        }

        static void put_back(void)
        {
        	if (restore())
        		perror(setting_path);
        }

        static void on_signal(int number)
        {
        	_exit(restore() ? 2 : 128 + number);
        }

        static void harden(void)
        {
        	char now[16];
        	state_fd = open(state_path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        	if (state_fd < 0)
        		fail(state_path);
        	int is_mine = flock(state_fd, LOCK_EX | LOCK_NB) == 0;
        	if (!is_mine && errno != EWOULDBLOCK)
        		fail(state_path);
        	setting_fd = open(setting_path, O_RDWR | O_CLOEXEC);
        	if (!is_mine) {
        		// Somebody has set it, and puts it back; who has another network namespace than the machine does not see it.
        		if (setting_fd >= 0 && (pread(setting_fd, now, 1, 0) != 1 || now[0] != '2'))
        			fail(setting_path);
        		return;
        	}
        	if (setting_fd < 0)
        		fail(setting_path);
        	if (restore()) // what one that was killed has left
        		fail(setting_path);
        	ssize_t bytes = pread(setting_fd, now, sizeof(now), 0);
        	if (bytes <= 0 || pwrite(state_fd, now, bytes, 0) != bytes)
        		fail(state_path);
        	atexit(put_back);
        	signal(SIGINT, on_signal);
        	signal(SIGTERM, on_signal);
        	if (pwrite(setting_fd, "2\n", 2, 0) != 2)
        		fail(setting_path);
        }


        """;
}
