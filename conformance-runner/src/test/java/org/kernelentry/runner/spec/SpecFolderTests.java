package org.kernelentry.runner.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpecFolderTests {
    @TempDir
    Path directory;

    @Test
    void theSpecOfTheProjectIsOnTheClassPathWithAllItsChapters() {
        assertThat(SpecModel.fromClassPath().chapters())
                .extracting(Chapter::name)
                .containsExactly(
                        "01-syscall-entry",
                        "02-user-dispatch",
                        "03-ptrace-sysemu-step",
                        "04-restart",
                        "05-signal-frames",
                        "06-exit-to-user",
                        "07-interrupts",
                        "08-nmi",
                        "09-context-tracking",
                        "10-native-and-generic");
    }

    @Test
    void aJarIsReadLikeADirectoryAndMoreThanOnce() throws IOException {
        Path jar = directory.resolve("a spec.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            entry(out, "spec/catalogue/index.yaml", TempSpec.INDEX);
            entry(out, "spec/catalogue/ent.yaml", TempSpec.ENT);
            entry(out, "spec/catalogue/rfc.yaml", TempSpec.RFC);
            entry(out, "spec/01-entry/chapter.adoc", TempSpec.CHAPTER);
            entry(out, "spec/01-entry/entry.feature", TempSpec.FEATURE);
            entry(out, "META-INF/other.yaml", "not: ours");
        }
        URL marker = new URL("jar:" + jar.toUri() + "!/spec/catalogue/index.yaml");

        SpecFolder folder = SpecFolder.at(marker);

        assertThat(folder.names(""))
                .containsExactly(
                        "01-entry/chapter.adoc",
                        "01-entry/entry.feature",
                        "catalogue/ent.yaml",
                        "catalogue/index.yaml",
                        "catalogue/rfc.yaml");
        assertThat(SpecModel.load(folder).examples())
                .extracting(e -> e.location().toString())
                .containsExactly("spec/01-entry/entry.feature:15", "spec/01-entry/entry.feature:16");
        assertThatCode(() -> SpecFolder.at(marker)).doesNotThrowAnyException();
    }

    private static void entry(JarOutputStream out, String name, String text) throws IOException {
        out.putNextEntry(new JarEntry(name));
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.closeEntry();
    }
}
