package org.kernelentry.runner.qemu;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.kernelentry.runner.spec.Architecture;

/**
 * How QEMU is called (qemu(1)): one machine without disk, network, display and monitor, its first serial port on the standard output, and
 * two ways in for the agent: a virtio port, which is fast and takes bytes as they are, and a second serial port for kernels without.
 *
 * @param program the emulator
 * @param machine which machine it is to be
 * @param kernel the image
 * @param initramfs what the kernel unpacks as its first file system
 * @param port the socket behind the virtio port
 * @param serial the socket behind the second serial port
 * @param cpus number of processors
 */
record QemuCommand(String program, Machine machine, Path kernel, Path initramfs, Path port, Path serial, int cpus) {
    /** MiB; Debian's kernels need half of it to unpack themselves. */
    private static final int MEMORY = 512;

    /**
     * Reports of the kernel reach the console, chatter does not. A panic ends the machine. The host may be slow, so neither watchdog nor
     * RCU may take slowness for a fault at their usual limits. Audit stays off: once it is on, every task has work at each call.
     */
    private static final String PARAMETERS =
            "panic=-1 loglevel=6 printk.devkmsg=on mitigations=off nowatchdog random.trust_cpu=on"
                    + " rcupdate.rcu_cpu_stall_timeout=120";

    List<String> words() {
        final List<String> words = new ArrayList<>(List.of(program));
        words.addAll(machine.board);
        words.addAll(List.of("-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-monitor", "none"));
        words.addAll(List.of("-m", Integer.toString(MEMORY), "-smp", Integer.toString(cpus)));
        words.addAll(List.of("-kernel", kernel.toString(), "-initrd", initramfs.toString(), "-append", parameters()));
        words.addAll(List.of("-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"));
        words.addAll(List.of("-chardev", "socket,id=port,path=" + port));
        words.addAll(List.of("-device", "virtio-serial-pci", "-device", "virtserialport,chardev=port,name=agent"));
        words.addAll(List.of("-chardev", "socket,id=serial,path=" + serial));
        // The boards of arm have one port that the kernel may use; a second is plugged in.
        words.addAll(
                machine.architecture() == Architecture.X86
                        ? List.of("-serial", "chardev:serial")
                        : List.of("-device", "pci-serial,chardev=serial"));
        return words;
    }

    /** The kernel's command line; what follows the two dashes goes to init. */
    private String parameters() {
        return ("console=" + machine.console + " " + PARAMETERS + " " + machine.parameters).strip() + " -- " + PORT
                + " " + serialDevice();
    }

    /** The virtio port as the guest calls it. */
    static final String PORT = "/dev/vport0p1";

    private String serialDevice() {
        return machine.architecture() == Architecture.X86 ? "/dev/ttyS1" : "/dev/ttyS0";
    }

    /** As one would type it. */
    String line() {
        return words().stream()
                .map(w -> w.matches("[\\w./:=,+-]+") ? w : "'" + w + "'")
                .collect(Collectors.joining(" "));
    }
}
