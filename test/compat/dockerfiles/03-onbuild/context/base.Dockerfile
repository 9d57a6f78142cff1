FROM busybox
ONBUILD WORKDIR /app
ONBUILD COPY main main
ONBUILD RUN echo hook > hook && cat main
ONBUILD ENV HOOKED=yes
ENV KEPT=1
