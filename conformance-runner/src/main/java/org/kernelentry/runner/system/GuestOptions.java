package org.kernelentry.runner.system;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a scenario's Given steps ask of the system before the program starts. */
public final class GuestOptions {
    /** Id of the scenario that it is for, as far as anybody knows. */
    public String scenario = "";
    /** Number of CPUs. */
    public int cpus = 1;
    /** Kernel version as {@code major * 100 + minor}, 0 for the system's own. */
    public int version;
    /** Kernel options that must be on or off, in the kernel's spelling with {@code =y} or {@code =n}. */
    public final List<String> kernelOptions = new ArrayList<>();
    /** Trace events to record, {@code raw_syscalls:sys_enter}. */
    public final List<String> traceEvents = new ArrayList<>();
    /** Programs the guest may execute, by path, in the guest notation and the mode of the first program. */
    public final Map<String, String> executables = new LinkedHashMap<>();
    /** Record system call audit. */
    public boolean audit;
}
