package postloan.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** How far this process was at which time, with the processor time of all its threads. */
final class Marks {
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final StringBuilder marks = new StringBuilder();
    private static long events;
    static long bad;
    static long step = 50_000;

    static void tick() {
        if (++events % step == 0) mark();
    }

    private static synchronized void mark() {
        marks.append(marks.length() == 0 ? "" : ",").append('[').append(events).append(',')
                .append(System.nanoTime() / 1e9).append(',').append(SYSTEM.getProcessCpuTime() / 1e9).append(']');
    }

    static synchronized void report() {
        System.out.printf("RESULT {\"events\":%d,\"bad\":%d,\"peak_mb\":%d,\"marks\":[%s]}%n", events, bad, peak(), marks);
    }

    private static long peak() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status")))
                if (line.startsWith("VmHWM")) return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
        } catch (IOException unreadable) {
            return 0;
        }
        return 0;
    }

    private Marks() {}
}
