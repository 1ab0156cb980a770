package org.kernelentry.kernel.testing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kernelentry.kernel.syscall.Abi;

/** Numbers are given to names in the order of first use. */
final class TestAbi implements Abi {
    private static final int TABLE_SIZE = 512;

    private final String name;
    private final int wordSize;
    private final List<String> names = new ArrayList<>();

    TestAbi(final String name, final int wordSize) {
        this.name = name;
        this.wordSize = wordSize;
        names.add("restart_syscall");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int wordSize() {
        return wordSize;
    }

    @Override
    public int auditArch() {
        return 0x7e57_0000 + wordSize;
    }

    @Override
    public int number(final String call) {
        final int known = names.indexOf(call);
        if (known >= 0) {
            return known;
        }
        names.add(call);
        return names.size() - 1;
    }

    @Override
    public @Nullable String name(final int number) {
        return number >= 0 && number < names.size() ? names.get(number) : null;
    }

    @Override
    public int tableSize() {
        return TABLE_SIZE;
    }

    @Override
    public List<String> names() {
        return List.copyOf(names);
    }
}
